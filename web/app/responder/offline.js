/**
 * Sets up the service worker that keeps the page for when there is no network. Browsers
 * have one only over https (or on the machine itself); without it the page works while open.
 * @module
 */
export const canInstall = () => isSecureContext && 'serviceWorker' in navigator;

export async function setUpOffline() {
  if (!canInstall()) return;
  try {
    await navigator.serviceWorker.register('/unit_worker.js', { scope: '/unit' });
  } catch {
    // A browser that refuses it (a private window) shows the page all the same.
  }
}
