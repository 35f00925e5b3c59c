import { RowtrailError } from '../../errors/index.ts';

/** How object storage is reached, besides what the AWS SDK finds by itself: keys, profile, region. */
export interface StorageSettings {
  /** Address of the service; null for Amazon's own. */
  readonly endpoint: string | null;
  /** Null: as the SDK finds it. */
  readonly region: string | null;
  /** Whether the bucket stands in the path of an address and not in its host name. */
  readonly pathStyle: boolean;
}

/** The name of the environment variable of each setting. Threads and processes that we start read the same. */
export const STORAGE_VARIABLES = {
  endpoint: 'ROWTRAIL_S3_ENDPOINT',
  region: 'ROWTRAIL_S3_REGION',
  pathStyle: 'ROWTRAIL_S3_PATH_STYLE',
  stagingDir: 'ROWTRAIL_STAGING_DIR',
} as const;

/** Any will do where a service of one's own knows of no regions; the signature needs one. */
const SOME_REGION = 'us-east-1';

/**
 * The settings of an environment: `ROWTRAIL_S3_*`, else `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` and `AWS_REGION`. Services other than
 * Amazon's are asked in path style unless told otherwise, because few of them have a host name for each bucket. Pure.
 * @throws RowtrailError `usage` for an address that is none
 */
export function storageSettings(env: NodeJS.ProcessEnv): StorageSettings {
  const given = (name: string) => env[name] || undefined;
  const endpoint =
    given(STORAGE_VARIABLES.endpoint) ?? given('AWS_ENDPOINT_URL_S3') ?? given('AWS_ENDPOINT_URL') ?? null;
  const url = endpoint === null ? null : URL.parse(endpoint);
  if (endpoint !== null && (url === null || !['http:', 'https:'].includes(url.protocol)))
    // Not shown: what is no address may still hold a password.
    throw new RowtrailError(
      'usage',
      'the address of the object storage is to be like https://minio.example:9000',
    );
  const isAmazon = url === null || /(?:^|\.)amazonaws\.com(?:\.cn)?$/.test(url.hostname);
  const region = given(STORAGE_VARIABLES.region) ?? given('AWS_REGION') ?? given('AWS_DEFAULT_REGION');
  const pathStyle = given(STORAGE_VARIABLES.pathStyle);
  return {
    endpoint,
    region: region ?? (isAmazon ? null : SOME_REGION),
    pathStyle: pathStyle === undefined ? !isAmazon : /^(?:1|true|yes|on)$/i.test(pathStyle),
  };
}
