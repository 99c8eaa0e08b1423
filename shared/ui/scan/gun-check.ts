/**
 * What the code on the set-up sheet says: both cases, digits, and every mark that stands elsewhere on the keyboards of
 * other countries. All keyboards with Latin letters agree on the first five.
 */
export const gunTestText = 'FJGUNabcmqwyzABCMQWYZ0123456789 $%*+-./:;?=&#_@~\'"()[]{}'

/** How a scanner is set: right, or what to mend; each is a row `scan.gun.check.<name>` of the messages. */
export type GunCheck = 'right' | 'case' | 'layout' | 'cut' | 'ending'

/** Whether a text came from the sheet. */
export function isGunTest(text: string): boolean {
  return /^fjgun/i.test(text)
}

/**
 * Compares what a scanner typed with what the sheet says.
 *
 * @param ended whether Enter or Tab followed
 */
export function checkGun(typed: string, ended: boolean): GunCheck {
  if (typed === gunTestText) return ended ? 'right' : 'ending'
  if (typed.toLowerCase() === gunTestText.toLowerCase() || typed === swapCase(gunTestText)) return 'case'
  return typed.length < gunTestText.length * 0.9 ? 'cut' : 'layout'
}

function swapCase(text: string): string {
  return Array.from(text, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  ).join('')
}
