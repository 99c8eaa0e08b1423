import { tries } from '@fujie/shared/core/lifetimes.ts'
import type { StoredReceipt } from './contents.ts'
import type { OfferView } from './contract.ts'
import { fullEditionOf } from './request-plan.ts'
import type { Trust } from './trust.ts'
import { displayOfType, labelsOfType } from './type-display.ts'

/** An offer as the screen shows it: names from the registry, fields from the published type. */
export async function viewOffer(receipt: StoredReceipt, trust: Trust): Promise<OfferView> {
  const { id, issuer, names, proof, accredited, txCode, step, fault, findings, kept, batches } = receipt
  const { state, url } = receipt.authorization ?? {}
  const types = [...new Set(batches.map(({ type }) => fullEditionOf(type)))]
  const documents = types.map(async (type) => {
    const metadata = (await trust.metadataOf(type)) ?? { vct: type, display: [], claims: [] }
    const { name, colour, textColour } = displayOfType(metadata)
    const copies = batches.filter((batch) => batch.edition === 'counter' && fullEditionOf(batch.type) === type)
    const count = copies.reduce((sum, batch) => sum + batch.copies, 0)
    return { type, typeName: name, colour, textColour, fields: labelsOfType(metadata), copies: count }
  })
  return {
    ...{ id, step, findings: [...findings], kept: [...kept] },
    issuer: { name: names, host: new URL(issuer).host, accredited, proof },
    documents: await Promise.all(documents),
    ...(txCode === undefined || !accredited ? {} : { txCode: { ...txCode, tries: tries.txCode } }),
    ...{ onPage: receipt.flow === 'code' && receipt.grant === undefined, renews: receipt.renews !== undefined },
    ...(step === 'authorising' && state !== undefined && url !== undefined ? { authorise: { state, url } } : {}),
    ...(fault === undefined ? {} : { fault }),
  }
}
