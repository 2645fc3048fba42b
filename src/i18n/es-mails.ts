// What our mails say in Spanish.

export const mails = {
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
  'Log in': 'Iniciar sesión',
  Time: 'Hora',
  Device: 'Dispositivo',
  'not recognised': 'no reconocido',
  '{} on {}': '{} en {}',
  Place: 'Lugar',
  'IP address': 'Dirección IP',
  'The link works only once.': 'El enlace funciona una sola vez.',
  'The link works for {}, and only once.': 'El enlace funciona durante {} y una sola vez.',
  '1 day': '1 día',
  '{} days': '{} días',
  '1 hour': '1 hora',
  '{} hours': '{} horas',
  '1 minute': '1 minuto',
  '{} minutes': '{} minutos',
  '{} seconds': '{} segundos',
}
