/** One figure. `ofLimit` and `timesBestPeer` are ratios in which more is better, whatever the unit. */
export interface Row {
  readonly bench: string
  readonly row: string
  readonly unit: string
  /** Absent where only others have a figure as yet. */
  readonly ours?: number
  readonly limit?: number
  readonly ofLimit?: number
  readonly peers?: Readonly<Record<string, number>>
  readonly timesBestPeer?: number
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

function roundAll(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, round(figure)]))
}

function round(figure: number): number {
  return Number(figure.toPrecision(4))
}
