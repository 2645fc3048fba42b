// Spanish. The sentences of Django, REST framework, Simple JWT and Djoser have their own translations, to the letter. If two
// packages translate a sentence, the first in INSTALLED_APPS decides. A sentence that is missing here has no Spanish
// translation in those packages either.

import { mails } from './es-mails.ts'
import { pages } from './es-pages.ts'

export const es = {
  sentences: {
    // REST framework
    'Authentication credentials were not provided.':
      'Las credenciales de autenticación no se proveyeron.',
    'You do not have permission to perform this action.':
      'Usted no tiene permiso para realizar esta acción.',
    'Not found.': 'No encontrado.',
    'Method "{}" not allowed.': 'Método "{}" no permitido.',
    'Could not satisfy the request Accept header.':
      'No se ha podido satisfacer la solicitud de cabecera de Accept.',
    'Unsupported media type "{}" in request.': 'Tipo de medio "{}" incompatible en la solicitud.',
    'Request was throttled. Expected available in {} second.':
      'Solicitud fue regulada (throttled). Se espera que esté disponible en {} segundo.',
    'Request was throttled. Expected available in {} seconds.':
      'Solicitud fue regulada (throttled). Se espera que esté disponible en {} segundos.',
    'A server error occurred.': 'Se ha producido un error en el servidor.',
    'Invalid page.': 'Página inválida.',
    '“{}” is not a valid UUID.': '“{}” no es un UUID válido.',
    'Invalid data. Expected a dictionary, but got {}.':
      'Datos inválidos. Se esperaba un diccionario pero es un {}.',
    'This field is required.': 'Este campo es requerido.',
    'This field may not be null.': 'Este campo no puede ser nulo.',
    'This field may not be blank.': 'Este campo no puede estar en blanco.',
    'Not a valid string.': 'No es una cadena válida.',
    'Ensure this field has no more than {} characters.':
      'Asegúrese de que este campo no tenga más de {} caracteres.',
    'Enter a valid email address.': 'Introduzca una dirección de correo electrónico válida.',
    '"{}" is not a valid choice.': '"{}" no es una elección válida.',
    'String value too large.': 'Cadena demasiado larga.',
    'A valid integer is required.': 'Introduzca un número entero válido.',
    'A valid number is required.': 'Se requiere un número válido.',
    'Ensure this value is less than or equal to {}.':
      'Asegúrese de que este valor es menor o igual a {}.',
    'Ensure this value is greater than or equal to {}.':
      'Asegúrese de que este valor es mayor o igual a {}.',
    'Must be a valid boolean.': 'Debe ser un booleano válido.',
    'Datetime has wrong format. Use one of these formats instead: {}.':
      'Fecha/hora con formato erróneo. Use uno de los siguientes formatos en su lugar: {}.',
    'Incorrect type. Expected pk value, received {}.':
      'Tipo incorrecto. Se esperaba valor de clave primaria y se recibió {}.',
    'Invalid pk "{}" - object does not exist.': 'Clave primaria "{}" inválida - objeto no existe.',
    'Invalid token header. No credentials provided.':
      'Cabecera token inválida. Las credenciales no fueron suministradas.',
    'Invalid token header. Token string should not contain spaces.':
      'Cabecera token inválida. La cadena token no debe contener espacios.',
    'Invalid token.': 'Token inválido.',
    'Incorrect authentication credentials.': 'Credenciales de autenticación incorrectas.',
    'User inactive or deleted.': 'Usuario inactivo o borrado.',
    'Unable to log in with provided credentials.':
      'No puede iniciar sesión con las credenciales proporcionadas.',

    // The same in English. They are listed so that no other sentence matches what is filled in.
    'JSON parse error - {}': 'JSON parse error - {}',
    'Multipart form parse error - {}': 'Multipart form parse error - {}',
    'CSRF Failed: {}': 'CSRF Failed: {}',
    'Surrogate characters are not allowed: U+{}.': 'Surrogate characters are not allowed: U+{}.',

    // Django
    'Null characters are not allowed.': 'Los caracteres nulos no están permitidos.',
    '{} with this email already exists.': 'Ya existe {} con este email.',
    'A user with that username already exists.': 'Ya existe un usuario con este nombre.',
    'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.':
      'Introduza un nombre de usuario válido. Este valor puede contener únicamente letras, números y los caracteres @/./+/-/_ ',
    'The password is too similar to the {}.': 'La contraseña es demasiado similar a la de {}.',
    'This password is too short. It must contain at least {} characters.':
      'La contraseña es demasiado corta. Debe contener por lo menos {} caracteres.',
    'This password is too common.': 'Esta contraseña es demasiado común.',
    'This password is entirely numeric.': 'Esta contraseña es completamente numérica.',

    // Simple JWT
    'No active account found with the given credentials':
      'La combinación de credenciales no tiene una cuenta activa',
    'Authorization header must contain two space-delimited values':
      "El encabezado 'Authorization' debe contener valores delimitados por espacios",
    'Given token not valid for any token type':
      'El token dado no es valido para ningun tipo de token',
    'Token contained no recognizable user identification':
      'El token no contenía identificación de usuario reconocible',
    'User not found': 'Usuario no encontrado',
    'User is inactive': 'El usuario está inactivo',
    'Token is invalid or expired': 'El token es inválido o ha expirado',
    "Token has no '{}' claim": "El token no tiene el privilegio '{}'",
    "Token '{}' claim has expired": "El privilegio '{}' del token ha expirado",
    'Token has no id': 'El token no tiene id',
    'Token has no type': 'El token no tiene tipo',
    'Token has wrong type': 'El token tiene un tipo incorrecto',
    'Token is blacklisted': 'El token está en lista negra',

    // Djoser
    'Invalid password.': 'Contraseña inválida.',
    "The two password fields didn't match.":
      'El contenido de los dos campos de contraseña no coincide.',
    "The two {} fields didn't match.": 'El contenido de los dos campos de {} no coincide.',
    "Invalid user id or user doesn't exist.": 'Id de usuario inválido o usuario inexistente.',
    'Invalid token for given user.': 'El token del usuario no es válido.',
    'Stale token for given user.': 'El token del usuario ha caducado.',
    'User with given email does not exist.': 'No existe un usuario con el correo indicado.',
    'User account is disabled.': 'Esta cuenta de usuario está deshabilitada.',

    // Djoser's mails, their subjects
    'Account activation on {}': 'Activación de la cuenta {}',
    '{} - Your account has been successfully created and activated!':
      '{} - ¡Su cuenta ha sido creada y activada con éxito!',
    'Password reset on {}': 'Restablecimiento de contraseña en {}',
    '{} - Your password has been successfully changed!':
      '{} - ¡Su contraseña se ha cambiado con éxito!',
    'Username reset on {}': 'Restablecimiento de usuario en {}',
    '{} - Your username has been successfully changed!':
      '{} - ¡Su nombre de usuario ha sido cambiado con éxito!',
    'The {} team': 'El equipo de {}',

    // Ours: answers
    'This password could not be checked, try again later.':
      'No se ha podido comprobar la contraseña, inténtelo de nuevo más tarde.',
    'X-Gatehouse-Secret must hold a secret of TRUSTED_SERVER_SECRET.':
      'X-Gatehouse-Secret debe contener un secreto de TRUSTED_SERVER_SECRET.',
    'X-Gatehouse-Client-IP must hold one IPv4 or IPv6 address.':
      'X-Gatehouse-Client-IP debe contener una dirección IPv4 o IPv6.',
    'X-Gatehouse-Client-Country must hold two letters, as "US".':
      'X-Gatehouse-Client-Country debe contener dos letras, como "US".',
    'The captcha was not passed. Try again.': 'No se superó la comprobación. Inténtelo de nuevo.',
    'Service temporarily unavailable, try again later.':
      'Servicio temporalmente no disponible, inténtelo de nuevo más tarde.',
    'The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.':
      'El número de parámetros GET/POST supera settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.',
    'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.':
      'El cuerpo de la solicitud supera DATA_UPLOAD_MAX_MEMORY_SIZE.',

    ...pages,
    ...mails,
  },
  djangoUserModel: {
    'The password is too similar to the username.':
      'La contraseña es demasiado similar a la de nombre de usuario.',
    'The password is too similar to the first name.':
      'La contraseña es demasiado similar a la de nombre.',
    'The password is too similar to the last name.':
      'La contraseña es demasiado similar a la de apellidos.',
    'The password is too similar to the email address.':
      'La contraseña es demasiado similar a la de dirección de correo electrónico.',
  },
}
