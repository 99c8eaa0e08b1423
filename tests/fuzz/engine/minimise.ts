import type { Failure, Trial } from './trial.ts'

/** A slow input takes its time at every try. */
const triesFor = (kind: Failure['kind']) => (kind === 'slow' ? 60 : 1_500)

/** A smaller input that fails for the same cause: parts are left out, in halves first, as long as it still does. */
export async function minimise(input: Uint8Array, failure: Failure, trial: Trial): Promise<Uint8Array> {
  let smallest = Buffer.from(input)
  const mostTries = triesFor(failure.kind)
  let tries = 0
  for (
    let part = Math.ceil(smallest.length / 2);
    part >= 1 && tries < mostTries;
    part = part === 1 ? 0 : Math.ceil(part / 2)
  ) {
    for (let at = 0; at < smallest.length && tries < mostTries;) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + part)])
      tries++
      if (await trial.repeats(without, failure)) smallest = without
      else at += part
    }
  }
  return new Uint8Array(smallest)
}
