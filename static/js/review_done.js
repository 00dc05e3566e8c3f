// @ts-check
// The review is published: the copy this device kept of its draft has done its work.
try {
  localStorage.removeItem(`review:${location.pathname}`);
} catch {
  // a browser that keeps nothing
}
