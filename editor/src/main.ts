document.getElementById("editor")!.textContent = "Loading…";
