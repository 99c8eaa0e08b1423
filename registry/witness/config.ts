/** A log whose checkpoints are cosigned: by what name, and whose signature makes one its own. */
export interface WitnessedLog {
  readonly origin: string
  /** Verifier keys of the log, C2SP `name+id+key`; cosignature keys among them are passed over. */
  readonly logKeys: readonly string[]
}

/** How a witness is run. */
export interface WitnessConfig {
  /** Where it keeps the newest checkpoint of each log. */
  readonly folder: string
  /** On the loopback interface; 0 takes a free one. */
  readonly port: number
  /** Name of its key in cosignatures: an address without scheme, for life. */
  readonly name: string
  readonly logs: readonly WitnessedLog[]
}
