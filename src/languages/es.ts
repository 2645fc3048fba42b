// Spanish. What Django, REST framework, Simple JWT and Djoser say is theirs, to the letter and with their
// slips; of two, the one that comes first in INSTALLED_APPS. What is not here has no Spanish there either.

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

    // English there too; listed, so that what stands in them is taken for nothing else.
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
    'The challenge was not passed. Try again.': 'No se superó la comprobación. Inténtelo de nuevo.',
    'Service temporarily unavailable, try again later.':
      'Servicio temporalmente no disponible, inténtelo de nuevo más tarde.',
    'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.':
      'El cuerpo de la solicitud supera DATA_UPLOAD_MAX_MEMORY_SIZE.',

    // Ours: pages
    'Activate your account': 'Active su cuenta',
    'One step is left: confirm that this account is yours, and you can log in.':
      'Falta un paso: confirme que esta cuenta es suya y podrá iniciar sesión.',
    'Activate account': 'Activar la cuenta',
    'Your account is active': 'Su cuenta está activa',
    'You can log in now.': 'Ya puede iniciar sesión.',
    'Choose a new password': 'Elija una contraseña nueva',
    'It replaces the old one, and whoever is logged in to your account is logged out.':
      'Sustituye a la anterior y cierra todas las sesiones abiertas en su cuenta.',
    'New password': 'Contraseña nueva',
    'New password, once more': 'Contraseña nueva, otra vez',
    'Change password': 'Cambiar la contraseña',
    'Your password is changed': 'Su contraseña ha cambiado',
    'Log in with the new one.': 'A partir de ahora, inicie sesión con los datos nuevos.',
    'Choose a new e-mail address': 'Elija una dirección de correo nueva',
    'Choose a new username': 'Elija un nombre de usuario nuevo',
    'It replaces the old one: from then on you log in with it.':
      'Sustituye a los datos anteriores: desde entonces iniciará sesión con los nuevos.',
    'New e-mail address': 'Dirección de correo nueva',
    'New username': 'Nombre de usuario nuevo',
    'Change e-mail address': 'Cambiar la dirección',
    'Change username': 'Cambiar el nombre de usuario',
    'Your e-mail address is changed': 'Su dirección de correo ha cambiado',
    'Your username is changed': 'Su nombre de usuario ha cambiado',
    'Open your mail': 'Abra su correo',
    'Your address changes once you follow the link sent to it.':
      'Su dirección cambiará cuando siga el enlace que le hemos enviado a ella.',
    'Confirm your new address': 'Confirme su dirección nueva',
    'One step is left: confirm that this address is yours. From then on you log in with it.':
      'Falta un paso: confirme que esta dirección es suya. Desde entonces iniciará sesión con ella.',
    'Confirm address': 'Confirmar la dirección',
    'This address is taken': 'Esta dirección está ocupada',
    'Another account has it by now.': 'Entretanto la tiene otra cuenta.',
    'This link does not work': 'Este enlace no funciona',
    'It was used already, or it is too old. Ask for a new one and open the newest mail.':
      'Ya se usó o es demasiado antiguo. Pida otro y abra el correo más reciente.',

    // Ours: mails
    'Hello,': 'Hola:',
    'Hello {},': 'Hola, {}:',
    'Or copy this address into your browser:': 'O copie esta dirección en su navegador:',
    'This e-mail address was given for an account on {}. Please confirm that it is yours.':
      'Esta dirección de correo se indicó para una cuenta en {}. Confirme, por favor, que es suya.',
    'If you did not ask for this, you can ignore this mail: without the link the account cannot be used.':
      'Si no lo ha pedido usted, puede ignorar este correo: sin el enlace la cuenta no se puede usar.',
    'Your account is ready': 'Su cuenta está lista',
    'Your account on {} has been created and activated. You can log in now.':
      'Su cuenta en {} se ha creado y activado. Ya puede iniciar sesión.',
    'If you did not ask for an account, you can ignore this mail.':
      'Si no ha pedido ninguna cuenta, puede ignorar este correo.',
    'Somebody asked for a new password for your account on {}. If that was you, choose it here:':
      'Alguien ha pedido una contraseña nueva para su cuenta en {}. Si ha sido usted, elíjala aquí:',
    'If you did not ask for this, you can ignore this mail: your password stays as it is.':
      'Si no lo ha pedido usted, puede ignorar este correo: su contraseña sigue siendo la misma.',
    'Your password was changed': 'Su contraseña ha cambiado',
    'The password of your account on {} has been changed.':
      'La contraseña de su cuenta en {} ha cambiado.',
    'If that was you, there is nothing to do.': 'Si ha sido usted, no tiene que hacer nada.',
    'If it was not you, act now: where you log in, say that you forgot your password, and choose a new one with the mail that follows. This also logs out whoever is logged in.':
      'Si no ha sido usted, actúe ahora: donde inicia sesión, indique que olvidó su contraseña y elija una nueva con el correo que recibirá. Así se cierran también todas las sesiones abiertas.',
    'Change the password of your mailbox too if somebody else may know it.':
      'Cambie también la contraseña de su buzón si alguien más puede conocerla.',
    'Your username on {} is {}.': 'Su nombre de usuario en {} es {}.',
    'Somebody asked for another e-mail address for your account on {}. If that was you, choose it here:':
      'Alguien ha pedido otra dirección de correo para su cuenta en {}. Si ha sido usted, elíjala aquí:',
    'Somebody asked for another username for your account on {}. If that was you, choose it here:':
      'Alguien ha pedido otro nombre de usuario para su cuenta en {}. Si ha sido usted, elíjalo aquí:',
    'Choose a new address': 'Elegir una dirección nueva',
    'If you did not ask for this, you can ignore this mail: your account stays as it is.':
      'Si no lo ha pedido usted, puede ignorar este correo: su cuenta sigue como está.',
    'Confirm your new e-mail address on {}': 'Confirme su nueva dirección de correo en {}',
    'This e-mail address was given as the new one of an account on {}. Please confirm that it is yours.':
      'Esta dirección de correo se indicó como la nueva de una cuenta en {}. Confirme, por favor, que es suya.',
    'If you did not ask for this, you can ignore this mail: without the link nothing changes.':
      'Si no lo ha pedido usted, puede ignorar este correo: sin el enlace no cambia nada.',
    '{} - Another e-mail address was asked for': '{} - Se ha pedido otra dirección de correo',
    'Another address was asked for': 'Se ha pedido otra dirección',
    'Somebody asked to change the e-mail address of your account on {}. It changes once the new address is confirmed.':
      'Alguien ha pedido cambiar la dirección de correo de su cuenta en {}. Cambiará cuando se confirme la dirección nueva.',
    'If that was you, follow the link in the mail that went there.':
      'Si ha sido usted, siga el enlace del correo enviado a ella.',
    'If it was not you, choose a new password now: where you log in, say that you forgot your password. Then nothing changes, and whoever is logged in is logged out.':
      'Si no ha sido usted, elija ahora una contraseña nueva: donde inicia sesión, indique que olvidó su contraseña. Entonces no cambia nada y se cierran todas las sesiones abiertas.',
    'Your e-mail address was changed': 'Su dirección de correo ha cambiado',
    'Your username was changed': 'Su nombre de usuario ha cambiado',
    'The e-mail address of your account on {} has been changed to this one. From now on you log in with it.':
      'La dirección de correo de su cuenta en {} ha cambiado a esta. A partir de ahora inicia sesión con ella.',
    'The username of your account on {} has been changed.':
      'El nombre de usuario de su cuenta en {} ha cambiado.',
    'From now on you log in as {}.': 'A partir de ahora inicia sesión como {}.',
    '{} - Your e-mail address was changed': '{} - Su dirección de correo ha cambiado',
    'The e-mail address of your account on {} is another one now. This is the last mail to this address.':
      'La dirección de correo de su cuenta en {} es ahora otra. Este es el último correo a esta dirección.',
    'If it was not you, somebody has got into your account: tell {} at once, for mail about it does not reach you any more.':
      'Si no ha sido usted, alguien ha entrado en su cuenta: avise a {} cuanto antes, pues los correos sobre ella ya no le llegan.',
    '{} - We logged out one of your devices':
      '{} - Hemos cerrado la sesión de uno de sus dispositivos',
    'One of your devices was logged out': 'Se ha cerrado la sesión de uno de sus dispositivos',
    'Something that only one of your devices should have was used twice on {}. Somebody may have copied it. So we ended that log-in, for both.':
      'Algo que solo debería tener uno de sus dispositivos se ha usado dos veces en {}. Puede que alguien lo haya copiado. Por eso hemos cerrado esa sesión, para ambos.',
    'If you are logged out somewhere, log in again.':
      'Si en algún sitio se ha cerrado su sesión, iníciela de nuevo.',
    'If you see this more than once, choose a new password: where you log in, say that you forgot yours. This also logs out whoever is logged in.':
      'Si recibe esto más de una vez, elija una contraseña nueva: donde inicia sesión, indique que olvidó la suya. Así se cierran también todas las sesiones abiertas.',
    '{} - A log-in from a new device': '{} - Inicio de sesión desde un dispositivo nuevo',
    'A log-in from a new device': 'Inicio de sesión desde un dispositivo nuevo',
    'Somebody logged in to your account on {} from a device that was not seen there before.':
      'Alguien ha iniciado sesión en su cuenta en {} desde un dispositivo que no se había visto allí.',
    'The link works only once.': 'El enlace funciona una sola vez.',
    'The link works for {}, and only once.': 'El enlace funciona durante {} y una sola vez.',
    '1 day': '1 día',
    '{} days': '{} días',
    '1 hour': '1 hora',
    '{} hours': '{} horas',
    '1 minute': '1 minuto',
    '{} minutes': '{} minutos',
    '{} seconds': '{} segundos',
  },
  ofDjangosUser: {
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
