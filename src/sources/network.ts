/** How to reach the internet. */
export interface Network {
  /** `http://host:port` of a proxy, or null for none. */
  readonly proxy: string | null;
  /** A PEM file with certificates to trust besides the usual ones, or null. */
  readonly caCertFile: string | null;
}

/**
 * The network settings in force: what was given, else the environment's `HTTPS_PROXY` and `SSL_CERT_FILE` or
 * `NODE_EXTRA_CA_CERTS`, else none.
 */
export function resolveNetwork(
  given: { readonly proxy?: string | undefined; readonly caCert?: string | undefined } = {},
  env: NodeJS.ProcessEnv = process.env,
): Network {
  return {
    proxy: given.proxy || env['HTTPS_PROXY'] || env['https_proxy'] || null,
    caCertFile: given.caCert || env['SSL_CERT_FILE'] || env['NODE_EXTRA_CA_CERTS'] || null,
  };
}
