import { judgeSeconds } from '../credential/judge-second.ts'
import type { Grounds } from '../trust/prove.ts'
import type { Finding } from '../verdict.ts'
import type { Presentation } from './presentation.ts'

/** Judges the second signatures that came beside the credentials; nothing, where the policy demands none. */
export async function judgePresentedSeconds(
  { credentials, seconds = [] }: Presentation,
  grounds: Grounds,
): Promise<readonly Finding[]> {
  const judged = credentials.map(async ({ credential }, i) => {
    const codes = await judgeSeconds(credential, seconds, grounds)
    return codes.map((code) => ({ code, at: `credentials/${i}/second` }))
  })
  return (await Promise.all(judged)).flat()
}
