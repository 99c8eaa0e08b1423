/** Draws bytes no one can guess. */
export interface Random {
  bytes(length: number): Uint8Array
}
