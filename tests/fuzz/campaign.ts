import { keepCorpus, keepFailure, openTargets } from './run-targets.ts'

export interface CampaignOptions {
  /** Seconds in all, shared by the targets evenly; or else inputs for each target. */
  readonly seconds?: number
  readonly inputs?: number
  readonly target?: string
  readonly seed: number
  /** Folder for the inputs that reached something new. */
  readonly keep?: string
}

/** One line of a target. */
export interface CampaignRow {
  readonly target: string
  readonly inputs: number
  readonly seconds: number
  readonly blocks: number
  readonly kept: number
  readonly slowestMs: number
  /** Inputs that ended in anything but a fault of our own or a value that comes back, by distinct causes. */
  readonly foreign: number
}

/** Runs the targets one after the other; each failing input is told with the file it is kept in. */
export async function* campaign(options: CampaignOptions): AsyncGenerator<CampaignRow | { readonly failure: string }> {
  const { seconds, inputs, target, seed, keep } = options
  const { targets, run } = await openTargets()
  const names = targets.map(({ name }) => name).filter((name) => target === undefined || name === target)
  if (names.length === 0)
    throw new RangeError(`No target is called ${target}; there are ${targets.map(({ name }) => name).join(', ')}.`)
  for (const name of names) {
    const plan = { seed, ...(inputs === undefined ? { seconds: (seconds ?? 60) / names.length } : { inputs }) }
    const outcome = await run(name, plan)
    for (const found of outcome.found) yield { failure: keepFailure(name, found) }
    if (keep !== undefined) keepCorpus(keep, outcome)
    yield {
      ...{ target: name, inputs: outcome.inputs, seconds: Number(outcome.seconds.toFixed(1)), blocks: outcome.blocks },
      ...{ kept: outcome.kept.length, slowestMs: Number(outcome.slowestMs.toFixed(2)), foreign: outcome.found.length },
    }
  }
}
