/**
 * The theme that was chosen in this browser, else the system's.
 *
 * A cookie keeps it, which `theme.js` reads before anything is drawn: whoever signs out has the
 * browser forget all that pages stored, and this is nobody's secret.
 */
export type Theme = 'system' | 'light' | 'dark';

export const THEMES: Record<Theme, string> = {
	system: 'As the system',
	light: 'Light',
	dark: 'Dark'
};

const A_YEAR = 365 * 86_400;

class Chosen {
	theme = $state<Theme>(
		(globalThis.document?.documentElement.dataset['theme'] as Theme | undefined) ?? 'system'
	);

	choose(theme: Theme): void {
		this.theme = theme;
		const root = document.documentElement;
		if (theme === 'system') delete root.dataset['theme'];
		else root.dataset['theme'] = theme;
		const seconds = theme === 'system' ? 0 : A_YEAR;
		document.cookie = `theme=${theme}; Path=/; SameSite=Lax; Max-Age=${seconds}`;
	}
}

export const chosen = new Chosen();
