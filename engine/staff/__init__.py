"""Floor 3: headquarters' staffs, which turn plans into orders from what their side can see."""
