"use strict";

const LEFT_OUT = ["status", "operations", "of"];

function fill(table, rows) {
  document.querySelector(`#${table} tbody`).replaceChildren(...rows.map((cells) => {
    const row = document.createElement("tr");
    for (const cell of cells) {
      const data = row.appendChild(document.createElement("td"));
      data.textContent = cell ?? "";
      if (typeof cell === "number") data.className = "number";
    }
    return row;
  }));
}

function holds(service) {
  return Object.entries(service).filter(([name]) => !LEFT_OUT.includes(name)).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ");
}

async function ask(page) {
  return (await fetch(`/_evpoc/${page}`)).json();
}

async function show() {
  const [health, calls] = await Promise.all([ask("health"), ask("requests")]);
  document.querySelector("#state").textContent =
    `Version ${health.version}, ${health.status}; durability ${health.durability}, ${health.file}; ${health.requests} requests.`;
  fill("services", Object.entries(health.services).map(([name, service]) => [name, service.operations, service.of, holds(service)]));
  fill("calls", calls.requests.slice(-50).reverse().map((call) =>
    [new Date(call.time_ms).toISOString(), call.service, call.operation, call.status, call.error, Math.round(call.ms * 100) / 100]));
}

async function follow() {
  try {
    await show();
  } catch {
    document.querySelector("#state").textContent = "It does not answer.";
  }
  setTimeout(follow, 2000);
}

follow();
