// What bcryptjs would import of Node to draw salts with. Here it draws none: bcrypt is only read.

export default {}
