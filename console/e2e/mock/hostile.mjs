// Names as an attacker would give them: whatever stands in tags, names and logs ends up on a page.
export const HOSTILE = [
  "<img src=x onerror=window.__ran=1>",
  "<script>window.__ran=1</script>",
  "\"><svg/onload=window.__ran=1>",
  "javascript:window.__ran=1",
  "{{constructor.constructor('window.__ran=1')()}}",
  "=HYPERLINK(\"https://evil.example\",\"x\")",
  "\u202egnp.exe\u202c",
  "ends\u0000here\u001b[31mred",
  "Z̸̢̛͙͎͓͈̪̳̣̗̮̪͖͊̓̌̀͌̉̕͝a̶l̷g̸o̷",
  "A".repeat(4000),
  "no spaces ".repeat(3).trim().replaceAll(" ", "_").repeat(60),
  "👩‍👩‍👧‍👦".repeat(40),
];
