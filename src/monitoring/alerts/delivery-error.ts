/** That a target could not be told, after so many attempts. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly attempts: number;

  constructor(message: string, attempts: number, options?: ErrorOptions) {
    super(message, options);
    this.attempts = attempts;
  }
}
