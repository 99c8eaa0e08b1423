import type { ComponentProps } from 'svelte'
import type { ClaimRow } from '../claim-row.ts'
import type CredentialCard from '../CredentialCard.svelte'

/** People and organisations of the demonstration; none of them exists. */
export const samples: readonly ComponentProps<typeof CredentialCard>[] = [
  {
    vct: 'urn:fujie:cn:resident-id:1',
    type: '居民身份',
    issuer: '示例市公安局',
    state: 'valid',
    name: '王小明',
    number: '519999199003070013',
    copies: { left: 7, total: 10 },
  },
  {
    vct: 'urn:fujie:cn:driving-licence:1',
    type: '机动车驾驶证',
    issuer: '示例市公安局',
    state: 'expiring',
    name: '古丽娜尔·买买提',
    number: '519999195209010085',
  },
  {
    vct: 'urn:fujie:cn:business-licence:1',
    type: '营业执照',
    issuer: '示例市市场监管局',
    state: 'suspended',
    name: '竹里示例酒店管理有限责任公司西南分公司用来检查一个五十字的名称在证件卡片上换行之后是否仍然好看到底五十字',
    number: '91519999MA6EXMPL1K',
  },
  {
    vct: 'urn:fujie:cn:degree:1',
    type: '学历学位证书',
    issuer: '示例大学',
    state: 'revoked',
    name: '李𬭎',
    number: '51999919870415002X',
  },
  { vct: 'urn:fujie:cn:student-status:1', type: '学籍', state: 'expired', name: '李思雨', number: '2022012345' },
  { vct: 'urn:fujie:cn:volunteer-record:1', type: '志愿服务记录', state: 'unknown', name: '李思雨' },
]

export const fields: readonly ClaimRow[] = [
  { name: 'name', label: '姓名', value: '王小明' },
  { name: 'id_number', label: '公民身份号码', value: '519999199003070013', masked: true },
  { name: 'birthdate', label: '出生日期', value: '1990年3月7日' },
  { name: 'gender', label: '性别', value: '男' },
]
