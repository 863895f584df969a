// Before anything is drawn: the theme that was chosen here, else the system's.
(function () {
	try {
		var chosen = localStorage.getItem('theme');
		if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
	} catch (e) {
		// No storage: the system's.
	}
})();
