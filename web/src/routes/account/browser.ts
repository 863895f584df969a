/** Browsers as people call them, from how they name themselves. */
const BROWSERS: [RegExp, string][] = [
	[/Edg(?:A|iOS)?\/(\d+)/, 'Edge'],
	[/(?:OPR|Opera)\/(\d+)/, 'Opera'],
	[/Firefox\/(\d+)/, 'Firefox'],
	[/(?:Headless)?Chrome\/(\d+)/, 'Chrome'],
	[/Version\/(\d+)\S* (?:Mobile\/\S+ )?Safari/, 'Safari']
];
const SYSTEMS: [RegExp, string][] = [
	[/Android/, 'Android'],
	[/iPhone|iPad/, 'iOS'],
	[/Windows/, 'Windows'],
	[/Mac OS X/, 'macOS'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux']
];

/** Returns "Firefox 140 on Linux"; of what is not known its own words. */
export function browserOf(agent: string): string {
	const system = SYSTEMS.find(([named]) => named.test(agent))?.[1];
	for (const [named, name] of BROWSERS) {
		const version = named.exec(agent)?.[1];
		if (version) return `${name} ${version}${system ? ` on ${system}` : ''}`;
	}
	return agent || 'A browser without a name';
}
