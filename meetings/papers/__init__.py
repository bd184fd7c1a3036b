"""資料: what kind a paper really is, where its file lies, and how it is handed out."""
