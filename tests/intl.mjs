// Answers, as JSON lines, how Intl (ICU and CLDR) writes what is asked for on standard input.
import { createInterface } from "node:readline";

const day = 86_400_000;
const answers = {
  number: ({ tag, options, value }) => new Intl.NumberFormat(tag, options).format(value),
  date: ({ tag, options, value }) =>
    new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options }).format(new Date(value * day)),
  // the civil days on which months start, with their year and month
  months: ({ calendar, first, end }) => {
    const parts = { year: "numeric", month: "numeric", day: "numeric" };
    const format = new Intl.DateTimeFormat(`en-u-nu-latn-ca-${calendar}`, { timeZone: "UTC", ...parts });
    const starts = [];
    for (let each = first; each < end; each++) {
      const { year, relatedYear, month, day: ofMonth } = Object.fromEntries(
        format.formatToParts(each * day).map((part) => [part.type, Number(part.value)]),
      );
      if (ofMonth === 1) starts.push([each, relatedYear ?? year, month]);
    }
    return starts;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(answers[question.ask](question)));
}
