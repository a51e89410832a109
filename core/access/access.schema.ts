import * as z from 'zod';
import { ROLES } from './roles.ts';

/** An e-mail address as it is stored and looked up: trimmed, lower case. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(z.regexes.html5Email, 'This is no e-mail address.')
  .meta({ format: 'email', example: 'amy@example.com' });

/** The languages of the interface. */
export const Locale = z.enum(['zh-TW', 'en']).meta({ example: 'zh-TW' });
export type Locale = z.infer<typeof Locale>;

/** Signs a user in. Any password is taken here, right or wrong, whatever the rules for new ones are. */
export const Login = z
  .object({ email: Email, password: z.string().min(1).max(1_000) })
  .meta({ id: 'Login', example: { email: 'amy@example.com', password: 'tide-lamp-ocean' } });
export type Login = z.infer<typeof Login>;

/** Makes an account for a customer; `passwordFault` judges the password. */
export const Registration = z
  .object({
    email: Email,
    password: z.string().max(1_000),
    name: z.string().trim().min(1).max(100),
    locale: Locale.optional(),
  })
  .meta({
    id: 'Registration',
    example: { email: 'amy@example.com', password: 'tide-lamp-ocean', name: 'Amy Chen', locale: 'zh-TW' },
  });
export type Registration = z.infer<typeof Registration>;

/** Asks for new tokens. */
export const RefreshRequest = z.object({ refresh_token: z.string().min(1).max(200) }).meta({
  id: 'RefreshRequest',
  example: { refresh_token: '6Y0wJ3Yt5m3vQx9h2bX1qPZr8sKcN4dUeG7aLfTiRzo' },
});
export type RefreshRequest = z.infer<typeof RefreshRequest>;

/** Tokens, in the shape of RFC 6749 §5.1; `expires_in` is in seconds, `scope` the roles, parted by spaces. */
export const TokenAnswer = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
    refresh_token: z.string(),
    scope: z.string(),
  })
  .meta({ id: 'TokenAnswer' });
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/** The user who is signed in. */
export const Me = z
  .object({ id: z.uuid(), email: Email, name: z.string(), roles: z.array(z.enum(ROLES)), locale: Locale })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;
