// The URL's fragment that names a message, such as `#m124`.
export const messageHash = (id: number): string => `#m${id}`;
export const isMessage = (hash: string): boolean => /^#m\d+$/.test(hash);
