import { median, quartiles } from './measure.ts'

/** One figure. `ofLimit` and `timesBestPeer` are ratios in which more is better, whatever the unit. */
export interface Row {
  readonly bench: string
  readonly row: string
  readonly unit: string
  /** Absent where only others have a figure as yet. */
  readonly ours?: number
  readonly limit?: number
  readonly ofLimit?: number
  /** Lower and upper quartile of that ratio over the rounds, where there were several. */
  readonly ofLimitSpread?: readonly [number, number]
  readonly peers?: Readonly<Record<string, number>>
  readonly timesBestPeer?: number
  readonly timesBestPeerSpread?: readonly [number, number]
}

export interface Figures {
  readonly bench: string
  readonly row: string
  readonly unit: string
  /** Whether a smaller figure is the better one, as with times and sizes. */
  readonly better: 'less' | 'more'
  readonly ours?: number
  /** The budget: at most this much of a time, at least this much of a rate. */
  readonly limit?: number
  readonly peers?: Readonly<Record<string, number>>
}

/** Makes a row of figures: reckons both ratios, where there is one of ours, and rounds to four digits. */
export function makeRow({ bench, row, unit, better, ours, limit, peers = {} }: Figures): Row {
  const all = Object.values(peers)
  return {
    ...{ bench, row, unit },
    ...(ours === undefined ? {} : { ours: round(ours) }),
    ...(limit === undefined ? {} : { limit: round(limit), ...times('ofLimit', limit) }),
    ...(all.length === 0 ? {} : { peers: roundAll(peers), ...times('timesBestPeer', best(all)) }),
  }

  function best(figures: readonly number[]): number {
    return better === 'less' ? Math.min(...figures) : Math.max(...figures)
  }

  function times<Name extends string>(name: Name, other: number) {
    if (ours === undefined) return {}
    return { [name]: round(better === 'less' ? other / ours : ours / other) }
  }
}

/** What was measured in the same rounds, one figure a round. */
export interface Rounds extends Pick<Figures, 'bench' | 'row' | 'unit' | 'better'> {
  readonly ours: readonly number[]
  readonly limit: readonly number[]
  readonly peers?: Readonly<Record<string, readonly number[]>>
}

/**
 * Makes a row of rounds. The ratios are medians of those within each round: what slowed a round down slowed both. With
 * each stands how far it spread.
 */
export function makeRowOfRounds({ bench, row, unit, better, ours, limit, peers = {} }: Rounds): Row {
  const middles = Object.fromEntries(Object.entries(peers).map(([name, rounds]) => [name, median(rounds)]))
  const made = makeRow({ bench, row, unit, better, ours: median(ours), limit: median(limit), peers: middles })
  const best = Object.keys(middles).sort((a, b) => (middles[a] as number) - (middles[b] as number))
  const bestPeer = peers[(better === 'less' ? best[0] : best.at(-1)) ?? '']
  return {
    ...made,
    ...ratio('ofLimit', limit),
    ...(bestPeer === undefined ? {} : ratio('timesBestPeer', bestPeer)),
  }

  function ratio<Name extends string>(name: Name, others: readonly number[]) {
    const ratios = others.map((other, i) =>
      better === 'less' ? other / (ours[i] as number) : (ours[i] as number) / other,
    )
    return { [name]: round(median(ratios)), [`${name}Spread`]: quartiles(ratios).map(round) }
  }
}

function roundAll(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, round(figure)]))
}

function round(figure: number): number {
  return Number(figure.toPrecision(4))
}
