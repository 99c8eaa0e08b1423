import type { FindingCode } from '../verdict.ts'

/**
 * What a status value says (wire profile, 4): 0 valid, 1 invalid, 2 suspended, and the reasons of our licence types.
 *
 * The reasons are ours: from an issuer outside the log they mean nothing we know.
 */
export function judgeStatusValue(value: number | undefined, isLogged: boolean): readonly FindingCode[] {
  if (value === undefined) return ['status.out_of_range']
  if (value === 0) return []
  if (value === 1) return ['credential.revoked']
  if (value === 2) return ['credential.suspended']
  return [(isLogged && reasons[value]) || 'status.value_unknown']
}

/** Reasons of our licence types, where the log vouches for the issuer. */
export const reasons: Readonly<Record<number, FindingCode>> = {
  3: 'credential.suspended', // 暂扣 withheld
  12: 'credential.suspended', // 挂失 reported lost
  13: 'credential.suspended', // 逾期 overdue
  14: 'credential.revoked', // 注销 cancelled
  15: 'credential.revoked', // 吊销 withdrawn as a penalty
}
