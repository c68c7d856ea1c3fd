/**
 * `<weir-chat>`: a chat with a model of its own, in a shadow root.
 *
 *     <script type="module" src="weir/element.js"></script>
 *     <weir-chat worker-url="/weir/weir-worker_loader.js"></weir-chat>
 *
 * Attributes: `worker-url`, `model`, `device` ("cpu" or "webgpu"), `theme` ("light" or "dark").
 * Everything else is fetched when the element is first connected, from beside this file.
 */

const SHEETS = ["tokens", "base", "layout", "chat", "markdown", "receipt", "dock", "panel", "dialog"];
const beside = (name) => new URL(name, import.meta.url);

let parts;

/** Module and style sheets, fetched once however many elements there are. */
function fetchParts() {
    parts ??= Promise.all([
        import(beside("weir_widget.js")).then(async (widget) => {
            await widget.default();
            return widget.WidgetHandle;
        }),
        Promise.all(SHEETS.map(fetchSheet)),
    ]);
    return parts;
}

async function fetchSheet(name) {
    const answer = await fetch(beside(`style/${name}.css`));
    if (!answer.ok) {
        throw new Error(`${answer.url} could not be fetched (${answer.status})`);
    }
    // A constructed sheet is allowed where a page's policy forbids <style>.
    const sheet = new CSSStyleSheet();
    await sheet.replace(await answer.text());
    return sheet;
}

class WeirChat extends HTMLElement {
    static observedAttributes = ["theme"];
    #handle;
    #place;

    async connectedCallback() {
        // Moving an element disconnects and connects it: what is there stays.
        if (this.#place) {
            return;
        }
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        this.#place = document.createElement("div");
        this.#place.style.setProperty("height", "100%");
        root.replaceChildren(this.#place);
        try {
            const [WidgetHandle, sheets] = await fetchParts();
            if (!this.#place || this.#handle) {
                return;
            }
            root.adoptedStyleSheets = sheets;
            this.#handle = WidgetHandle.mount(this.#place, {
                workerUrl: this.getAttribute("worker-url") ?? undefined,
                model: this.getAttribute("model") ?? undefined,
                device: this.getAttribute("device") ?? undefined,
            });
            this.attributeChangedCallback("theme", null, this.getAttribute("theme"));
            this.dispatchEvent(new CustomEvent("weir-ready", { bubbles: true, composed: true, detail: { v: 1 } }));
        } catch (error) {
            parts = undefined;
            this.#place.textContent = `Weir could not start. ${error}`;
            this.dispatchEvent(new CustomEvent("weir-error", { bubbles: true, composed: true, detail: { v: 1, error } }));
        }
    }

    disconnectedCallback() {
        queueMicrotask(() => {
            if (!this.isConnected) {
                this.#handle?.free();
                this.#handle = this.#place = undefined;
            }
        });
    }

    attributeChangedCallback(name, before, after) {
        if (name === "theme" && after) {
            this.shadowRoot?.querySelector(".weir")?.setAttribute("data-theme", after);
        }
    }
}

if (!customElements.get("weir-chat")) {
    customElements.define("weir-chat", WeirChat);
}
