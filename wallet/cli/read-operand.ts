import { Fault } from '@fujie/shared/core/fault.ts'
import { utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import { limits } from '@fujie/shared/core/limits.ts'

/** An operand as it stands, or the standard input for `-`: arguments can be read by others on the machine. */
export async function readOperand(operand: string, input: AsyncIterable<Uint8Array> = process.stdin): Promise<string> {
  if (operand !== '-') return operand
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of input) {
    size += part.length
    if (size > limits.request) throw new Fault('limit.exceeded', { limit: 'input' })
    parts.push(part)
  }
  return (utf8Text(Buffer.concat(parts)) ?? '').trim()
}
