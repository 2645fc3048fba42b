// Replaces Node's `crypto` in the bundle (`[alias]` in wrangler.toml). bcryptjs imports it to draw salts, but Gatehouse
// only reads bcrypt.

export default {}
