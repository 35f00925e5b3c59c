import type { Socket } from 'node:net';

/**
 * Breaks a connection with a reset, as a crashed host does; where its end is being sent, closes it. Node never closes a connection that is
 * reset in that moment ("reset EINVAL"), and then turns for ever instead of ending the process.
 * @param above what speaks through the connection, such as TLS
 */
export function resetConnection(socket: Socket, above: Socket = socket): void {
  const isEnding = [socket, above].some(
    ({ writableEnded, writableFinished }) => writableEnded && !writableFinished,
  );
  if (isEnding) socket.destroy();
  else socket.resetAndDestroy();
}
