import "fake-indexeddb/auto";
import { i18n } from "@lingui/core";

// Texts are their own sources here: tests read what a user of the English app reads.
i18n.loadAndActivate({ locale: "en", messages: {} });
