/** How long things live, in seconds. They stand here and nowhere else. */
export const lifetimes = {
  clockSlack: 60,
  session: 300,
  qrSlotSignIn: 60,
  qrSlotCounter: 120,
  offlineNonce: 300,
  relayMailbox: 300,
  keyBinding: 120,
  /** An answer on show is signed and sealed anew. */
  showingSealed: 60,
  possession: 120,
  authorisationCode: 60,
  credentialNonce: 60,
  matchCode: 120,
  preAuthorisedCode: 300,
  accessToken: 300,
  idToken: 300,
  refreshToken: 30 * 86_400,
  replayMemory: 86_400,
  checkpointOnline: 600,
  /** How far behind a newer head that was seen a proof may be: used again for a minute, of a head stamped each two. */
  headSlack: 180,
  checkpointCounter: 86_400,
  statusToken: 86_400,
  statusTtlLeast: 300,
  statusTtlMost: 3_600,
  statusTtlAssumed: 3_600,
  statusTtlClampLeast: 60,
  statusTtlClampMost: 86_400,
  offlineGrace: 86_400,
  offlineGraceMost: 6 * 86_400,
  oneTimeCopy: 30 * 86_400,
  operationMost: 604_800,
  /** How long a change of a DID that was signed may still be taken; well under the most. */
  operation: 3 * 86_400,
  /** A key that is replaced at leisure stays good beside its successor. */
  keyOverlap: 30 * 86_400,
  /** From the code a device shows to the answer of its owner. */
  devicePairing: 600,
  /** How long a wallet remembers a recovery phrase that was typed to win identities back. */
  phraseSearch: 600,
  signedMetadata: 86_400,
  dpop: 60,
  trustBundle: 172_800,
} as const

/** How often a thing may be tried before it burns. */
export const tries = { txCode: 5, matchCode: 3, pickUpCode: 5, offerReads: 5, recoveryKeys: 20, pin: 8 } as const
