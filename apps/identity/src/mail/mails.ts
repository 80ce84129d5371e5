import type { Mail } from './mail-gateway.ts';

/** Mail of a code that proves an address. */
export function codeMail(to: string, code: string): Mail {
  return {
    to,
    subject: 'Tokengrid: confirm your e-mail address / 验证邮箱',
    text: [
      `Your code is ${code}. It works once, for 15 minutes. We never ask for it by phone or mail.`,
      `您的验证码是 ${code}，15 分钟内有效，仅可使用一次。我们不会通过电话或邮件索取验证码。`,
    ].join('\n'),
  };
}

/** Mail of an invitation, in both languages: nobody knows yet which one the person reads. */
export function invitationMail({
  to,
  partyId,
  id,
  secret,
}: Readonly<Record<'to' | 'partyId' | 'id' | 'secret', string>>): Mail {
  const call = `POST /v1/parties/${partyId}/invitations/${id}/accept`;
  return {
    to,
    subject: 'Tokengrid: invitation / 邀请',
    text: [
      `You are invited to ${partyId}. The invitation works once, for 7 days: ${call} with the secret below.`,
      `您受邀加入 ${partyId}。邀请 7 天内有效，仅可使用一次：${call}，密钥如下。`,
      '',
      secret,
      '',
      'If you expected no invitation, ignore this mail. / 如果您并未期待邀请，请忽略此邮件。',
    ].join('\n'),
  };
}
