import { Fault } from '../fault.ts'

/**
 * Reads `application/x-www-form-urlencoded` text in which no name stands twice (RFC 6749, 3.1 and 3.2).
 *
 * @throws Fault `request.malformed`
 */
export function parseForm(text: string): ReadonlyMap<string, string> {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new Fault('request.malformed', { reason: 'broken escape' })
  const form = new Map<string, string>()
  // Pair by pair: to ask for each name would be to go through all of them for each.
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw new Fault('request.malformed', { reason: 'a doubled parameter' })
    form.set(name, value)
  }
  return form
}

/** Form-encoded text; undefined members are left out. */
export function formatForm(members: Readonly<Record<string, string | undefined>>): string {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(members)) if (value !== undefined) form.set(name, value)
  return form.toString()
}
