const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest >>> 0
})

/** CRC-32 (ISO-HDLC, the one of zip and PNG): finds a picture read wrongly, guards against nobody. */
export function crc32(bytes: Uint8Array): number {
  const rest = bytes.reduce((sum, byte) => (table[(sum ^ byte) & 255] as number) ^ (sum >>> 8), 0xffffffff)
  return (rest ^ 0xffffffff) >>> 0
}
