// The parameters as a form: what is edited is checked against its type, and the command and the YAML for it follow.
{
  const NO_PLAIN_WORD = new Set(["null", "true", "false", "yes", "no", "on", "off"]);
  const asText = (value) => Array.isArray(value) ? `[${value.map(asText).join(", ")}]`
    : value !== null && typeof value === "object" ? `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${asText(one)}`).join(", ")}}`
    : JSON.stringify(value);
  const asArgument = (value) => typeof value === "string" && !NO_PLAIN_WORD.has(value.toLowerCase())
    && /^[\p{L}\p{N}_/]([\p{L}\p{N}_ ./+-]*[\p{L}\p{N}_./+-])?$/u.test(value) ? value : asText(value);
  const quoted = (text) => /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;

  function allows(schema, value) {
    if (schema.anyOf) return schema.anyOf.some((one) => allows(one, value));
    if ("const" in schema) return value === schema.const;
    if (schema.enum) return schema.enum.includes(value);
    const is = {
      null: () => value === null,
      boolean: () => typeof value === "boolean",
      string: () => typeof value === "string",
      integer: () => Number.isInteger(value),
      number: () => Number.isFinite(value),
      array: () => Array.isArray(value) && value.every((one) => allows(schema.items ?? {}, one)),
      object: () => value !== null && typeof value === "object" && !Array.isArray(value)
        && Object.values(value).every((one) => typeof schema.additionalProperties !== "object" || allows(schema.additionalProperties, one)),
    }[schema.type];
    return (!is || is()) && !(value < schema.minimum) && !(value > schema.maximum)
      && !(value <= schema.exclusiveMinimum) && !(value >= schema.exclusiveMaximum);
  }

  // A control for a value, and what is read from it; undefined where it is no value at all.
  function controlFor(schema, value) {
    const options = schema.anyOf ?? [schema];
    const empty = options.some((one) => one.type === "null");
    const [one, ...more] = options.filter((each) => each.type !== "null");
    const choices = one.enum ?? ("const" in one ? [one.const] : undefined);
    if (!more.length && (choices || (one.type === "boolean" && empty))) {
      const all = [...(choices ?? [true, false]), ...(empty ? [null] : [])];
      const control = made("select", {}, ...all.map((each) => made("option", { textContent: each === null ? "none" : String(each) })));
      control.selectedIndex = all.indexOf(value);
      return { control, read: () => all[control.selectedIndex], write: (v) => { control.selectedIndex = all.indexOf(v); } };
    }
    if (!more.length && one.type === "boolean") {
      const control = made("input", { type: "checkbox", checked: value });
      return { control, read: () => control.checked, write: (v) => { control.checked = v; } };
    }
    if (!more.length && (one.type === "integer" || one.type === "number")) {
      const control = made("input", { type: "number", step: one.type === "integer" ? 1 : "any", value: value ?? "", placeholder: empty ? "none" : "" });
      if ("minimum" in one) control.min = one.minimum;
      if ("maximum" in one) control.max = one.maximum;
      const read = () => control.validity.badInput ? undefined : control.value ? Number(control.value) : empty ? null : undefined;
      return { control, read, write: (v) => { control.value = v ?? ""; } };
    }
    const isText = !more.length && one.type === "string";
    const written = (v) => v === null && empty ? "" : isText ? v : asText(v);
    const control = made("input", { type: "text", value: written(value), placeholder: empty ? "none" : "", spellcheck: false });
    const read = () => {
      if (empty && !control.value) return null;
      if (isText) return control.value;
      try {
        return JSON.parse(control.value);
      } catch {
        return undefined;
      }
    };
    return { control, read, write: (v) => { control.value = written(v); } };
  }

  const command = document.getElementById("command");
  const entries = [...document.querySelectorAll("#provenance tr[data-name]")].map((row) => {
    const [value, schema] = [JSON.parse(row.dataset.value), JSON.parse(row.dataset.schema)];
    const { control, read, write } = controlFor(schema, value);
    const { name, allowed } = row.dataset;
    const example = { array: ", written as in [1, 2]", object: ', written as in {"ours": "yours"}' }[schema.type] ?? "";
    const wrong = made("span", { className: "wrong", id: `wrong-${name}` });
    control.setAttribute("aria-label", name);
    control.setAttribute("aria-describedby", wrong.id);
    row.querySelector(".value").replaceChildren(control, wrong);
    const entry = { name, value, read, write, now: value, fits: true, given: "given" in row.dataset };
    entry.look = () => {
      entry.now = read();
      entry.fits = entry.now !== undefined && allows(schema, entry.now);
      entry.edited = !entry.fits || asText(entry.now) !== asText(value);
      wrong.textContent = entry.fits ? "" : `It must be ${allowed}${example}.`;
      control.setAttribute("aria-invalid", String(!entry.fits));
      row.classList.toggle("edited", entry.edited);
    };
    control.addEventListener("input", () => { entry.look(); tell(); });
    return entry;
  });

  const back = button("Back to this run's values", () => {
    entries.forEach((entry) => { entry.write(entry.value); entry.look(); });
    tell();
  });
  back.hidden = true;
  document.getElementById("edits").after(" ", back);

  function tell() {
    const edited = entries.filter((entry) => entry.edited);
    const wrong = edited.filter((entry) => !entry.fits);
    const told = entries.filter((entry) => entry.fits && (entry.edited || entry.given));
    const { start, scenario, folder, share } = command.dataset;
    const where = [...(scenario === "default" ? [] : ["-s", scenario]), ...(folder ? ["--data-dir", folder] : [])];
    const first = ["python", "run_reports.py", start, ...where, ...(share === undefined ? [] : ["--share"])];
    command.textContent = [...first, ...told.flatMap(({ name, now }) => ["-p", `${name}=${asArgument(now)}`])].map(quoted).join(" ");
    document.getElementById("yaml").textContent = told.map(({ name, now }) => `${name}: ${asText(now)}`).join("\n");
    document.getElementById("file").hidden = !told.length;
    const without = wrong.length ? ` Not in the command, as not allowed: ${wrong.map((entry) => entry.name).join(", ")}.` : "";
    document.getElementById("edits").textContent = edited.length ? `With ${edited.length} edited ${edited.length === 1 ? "value" : "values"}.${without}` : "";
    back.hidden = !edited.length;
  }
}
