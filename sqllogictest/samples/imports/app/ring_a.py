from app.ring_b import x, y
