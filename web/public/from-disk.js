// No module: from a disk, browsers run none.
if (location.protocol === 'file:') {
  document.querySelector('#notice').textContent =
    'This page was opened from a disk, where browsers do not run its figures: they need a server. ' +
    'In its folder, run “python3 -m http.server”, and open http://localhost:8000/.';
}
