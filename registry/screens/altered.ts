import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'
import type { ProofBundle } from '@fujie/shared/core/log/bundle.ts'
import { parseRecord } from '@fujie/shared/core/record/record.ts'

/** The bundle with one letter of its record changed, so small that the record still reads well. */
export function altered(bundle: ProofBundle): ProofBundle {
  if (!bundle.present) return bundle
  const [header, body = '', ...rest] = bundle.record.text.split('.')
  const payload = utf8Text(decodeBase64url(body) ?? new Uint8Array()) ?? ''
  const text = [header, encodeBase64url(utf8(changeOne(payload))), ...rest].join('.')
  return { ...bundle, record: parseRecord(text) }
}

/** Inside a key, or in the time by which a trust record had to be sealed. */
function changeOne(payload: string): string {
  const found = /"x":"(.{9})(.)|"exp":(\d{8})(\d)/.exec(payload)
  if (found === null) return payload
  const at = found.index + found[0].length - 1
  const letter = payload.charAt(at)
  const other = found[4] === undefined ? (letter === 'A' ? 'B' : 'A') : letter === '0' ? '1' : '0'
  return payload.slice(0, at) + other + payload.slice(at + 1)
}
