export { standardUserModel as userModel } from '../../src/user-model.ts'
