/**
 * Stands in for `lib0/broadcastchannel` in the built client: our sessions tell y-websocket not to use it (`disableBc`),
 * since tabs that talk past the relay would also talk past its acks.
 */
export const subscribe = (): void => {};
export const unsubscribe = (): void => {};
export const publish = (): void => {};
