declare module "virtual:messages/*" {
  import type { Message } from "./format-message.ts";
  export const messages: Readonly<Record<string, Message>>;
}
