/** Waiting work in two lanes. Each takes so many, and the second keeps a share of every batch for itself. */
export interface Lanes {
  /** How many may wait in a lane. */
  readonly most: number
  /** Part of a batch that is kept for emergencies. */
  readonly kept: number
}

/** How far the usual flood may go: a tenth of each batch is for those whose keys were stolen. */
export const usualLanes: Lanes = { most: 10_000, kept: 0.1 }

/**
 * What waits for the next batch, emergencies apart: a recovery, a deactivation or a withdrawal is sealed with the next
 * batch however many others wait, and a flood of such holds up nobody else.
 */
export class Queue<T> {
  readonly #lanes: Lanes
  #usual: T[] = []
  #emergencies: T[] = []

  constructor(lanes: Lanes = usualLanes) {
    this.#lanes = lanes
  }

  get length(): number {
    return this.#usual.length + this.#emergencies.length
  }

  /** False if the lane is full. */
  put(work: T, isEmergency: boolean): boolean {
    const lane = isEmergency ? this.#emergencies : this.#usual
    if (lane.length >= this.#lanes.most) return false
    lane.push(work)
    return true
  }

  /** The next batch: emergencies first, each lane's share safe from the other. */
  take(size: number): readonly T[] {
    const kept = Math.min(this.#emergencies.length, Math.ceil(size * this.#lanes.kept))
    const usual = Math.min(this.#usual.length, size - kept)
    const emergencies = Math.min(this.#emergencies.length, size - usual)
    return [...this.#emergencies.splice(0, emergencies), ...this.#usual.splice(0, usual)]
  }

  takeAll(): readonly T[] {
    return this.take(this.length)
  }
}
