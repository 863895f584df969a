// Before anything is drawn: the theme that was chosen here, else the system's.
(function () {
	var chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
	if (chosen) document.documentElement.dataset.theme = chosen[1];
})();
