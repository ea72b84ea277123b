/** The texts' keys, so that a misspelt one does not compile. English is what is checked against; tests compare Arabic. */
import "i18next";
import type analytics from "@/locales/en/analytics.json";
import type common from "@/locales/en/common.json";
import type connect from "@/locales/en/connect.json";
import type developers from "@/locales/en/developers.json";
import type entrance from "@/locales/en/entrance.json";
import type marketing from "@/locales/en/marketing.json";
import type overview from "@/locales/en/overview.json";
import type payments from "@/locales/en/payments.json";
import type settings from "@/locales/en/settings.json";
import type shipping from "@/locales/en/shipping.json";
import type social from "@/locales/en/social.json";
import type testing from "@/locales/en/testing.json";
import type webhooks from "@/locales/en/webhooks.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      analytics: typeof analytics;
      common: typeof common;
      connect: typeof connect;
      developers: typeof developers;
      entrance: typeof entrance;
      marketing: typeof marketing;
      overview: typeof overview;
      payments: typeof payments;
      settings: typeof settings;
      shipping: typeof shipping;
      social: typeof social;
      testing: typeof testing;
      webhooks: typeof webhooks;
    };
  }
}
