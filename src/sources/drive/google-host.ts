/** Whether an address belongs to Google and is encrypted; nothing else is contacted, wherever a redirect leads. */
export function isGoogleUrl(url: URL): boolean {
  const { protocol, port, hostname } = url;
  const ours = ['google.com', 'googleusercontent.com'].some(
    (domain) => hostname === domain || hostname.endsWith(`.${domain}`),
  );
  return protocol === 'https:' && port === '' && ours;
}
