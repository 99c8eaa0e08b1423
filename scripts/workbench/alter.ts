import { decodeBase64url, encodeBase64url } from '@fujie/shared/core/encoding/base64url.ts'
import { utf8, utf8Text } from '@fujie/shared/core/encoding/bytes.ts'

/** A token whose disclosures are as before but for one digit each: still one in form, no longer what was signed. */
export function alterToken(token: string): string {
  return token.split('~').map(alterPart).join('~')
}

/** Parts with dots are the issuer's token and the key binding. */
function alterPart(part: string): string {
  const text = part.includes('.') ? undefined : utf8Text(decodeBase64url(part) ?? new Uint8Array())
  if (text === undefined || text === '') return part
  const altered = text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10))
  return encodeBase64url(utf8(altered))
}
