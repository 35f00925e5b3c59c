import { errnoOf, RowtrailError } from '../../errors/index.ts';

export type Sdk = typeof import('@aws-sdk/client-s3');

/** The library that speaks to object storage; only who keeps files in a bucket needs it. @throws RowtrailError `usage` with the command that installs it */
export async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (error) {
    if (errnoOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RowtrailError(
      'usage',
      'files in a bucket need a library that is not installed: npm install @aws-sdk/client-s3@3',
      { error },
    );
  }
}
