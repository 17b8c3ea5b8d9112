// Answers, as JSON lines, how Intl (ICU and CLDR) writes what is asked for on standard input.
import { createInterface } from "node:readline";

const day = 86_400_000;
const answers = {
  number: ({ tag, options, value }) => new Intl.NumberFormat(tag, options).format(value),
  date: ({ tag, options, value }) =>
    new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options }).format(new Date(value * day)),
  relative: ({ tag, value, unit }) => new Intl.RelativeTimeFormat(tag).format(value, unit),
  currency: ({ value }) =>
    new Intl.NumberFormat("en", { style: "currency", currency: value }).resolvedOptions().maximumFractionDigits,
  currencies: () => Intl.supportedValuesOf("currency"),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(answers[question.ask](question)));
}
