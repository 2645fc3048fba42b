// The sentences of our emails in Spanish. They address the reader as usted.

export const mails = {
  'Hello,': 'Hola:',
  'Hello {},': 'Hola, {}:',
  'Or copy this link into your browser:': 'O copie este enlace en su navegador:',
  'This email address was entered for an account on {}. Please confirm that it is yours.':
    'Esta dirección de correo se indicó para una cuenta en {}. Por favor, confirme que es suya.',
  'If you did not ask for this, you can ignore this email. Without the link, the account cannot be used.':
    'Si no lo ha pedido usted, puede ignorar este correo. Sin el enlace, la cuenta no se puede usar.',
  'Your account is ready': 'Su cuenta está lista',
  'Your account on {} has been created and activated. You can log in now.':
    'Su cuenta en {} se ha creado y activado. Ya puede iniciar sesión.',
  'If you did not ask for an account, you can ignore this email.':
    'Si no ha pedido ninguna cuenta, puede ignorar este correo.',
  'We received a request to reset the password of your account on {}. If you asked for this, choose a new password here:':
    'Hemos recibido una solicitud para restablecer la contraseña de su cuenta en {}. Si la ha hecho usted, elija aquí una contraseña nueva:',
  'If you did not ask for this, you can ignore this email. Your password stays as it is.':
    'Si no lo ha pedido usted, puede ignorar este correo. Su contraseña sigue siendo la misma.',
  'The password of your account on {} was changed.':
    'La contraseña de su cuenta en {} ha cambiado.',
  'If this was you, you do not need to do anything.': 'Si ha sido usted, no tiene que hacer nada.',
  'If it was not you, act now. On the login page, request a password reset. We will email you a link to choose a new password. The new password also logs out all devices.':
    'Si no ha sido usted, actúe de inmediato. En la página de inicio de sesión, solicite restablecer su contraseña. Le enviaremos un enlace para elegir una nueva. La contraseña nueva también cierra la sesión en todos los dispositivos.',
  'If another person might know the password of your email account, change that password too.':
    'Si otra persona pudiera conocer la contraseña de su cuenta de correo, cámbiela también.',
  'Your username on {} is {}.': 'Su nombre de usuario en {} es {}.',
  'We received a request to change the email address of your account on {}. If you asked for this, choose a new address here:':
    'Hemos recibido una solicitud para cambiar la dirección de correo de su cuenta en {}. Si la ha hecho usted, elija aquí una dirección nueva:',
  'We received a request to change the username of your account on {}. If you asked for this, choose a new username here:':
    'Hemos recibido una solicitud para cambiar el nombre de usuario de su cuenta en {}. Si la ha hecho usted, elija aquí un nombre nuevo:',
  'If you did not ask for this, you can ignore this email. Your account stays as it is.':
    'Si no lo ha pedido usted, puede ignorar este correo. Su cuenta sigue como está.',
  'Confirm your new email address on {}': 'Confirme su nueva dirección de correo en {}',
  'This email address was entered as the new address of an account on {}. Please confirm that it is yours.':
    'Esta dirección de correo se indicó como la nueva dirección de una cuenta en {}. Por favor, confirme que es suya.',
  'If you did not ask for this, you can ignore this email. Without the link, nothing changes.':
    'Si no lo ha pedido usted, puede ignorar este correo. Sin el enlace, no cambia nada.',
  '{} - A change of your email address was requested':
    '{} - Se ha solicitado cambiar su dirección de correo',
  'A change of your email address was requested': 'Se ha solicitado cambiar su dirección de correo',
  'We received a request to change the email address of your account on {}. The address changes when the new one is confirmed.':
    'Hemos recibido una solicitud para cambiar la dirección de correo de su cuenta en {}. La dirección cambiará cuando se confirme la nueva.',
  'If this was you, follow the link in the email that we sent to the new address.':
    'Si ha sido usted, siga el enlace del correo que hemos enviado a la dirección nueva.',
  'The new password cancels the change of your email address too.':
    'La contraseña nueva cancela además el cambio de su dirección de correo.',
  'The email address of your account on {} was changed to this one. From now on, log in with it.':
    'La dirección de correo de su cuenta en {} ha cambiado a esta. A partir de ahora, inicie sesión con ella.',
  'The username of your account on {} was changed.':
    'El nombre de usuario de su cuenta en {} ha cambiado.',
  'From now on, log in as {}.': 'A partir de ahora, inicie sesión como {}.',
  '{} - Your email address was changed': '{} - Su dirección de correo ha cambiado',
  'The email address of your account on {} was changed. This is the last email that we send to this address.':
    'La dirección de correo de su cuenta en {} ha cambiado. Este es el último correo que enviamos a esta dirección.',
  'If it was not you, another person has access to your account. Contact {} at once, because you no longer receive emails about the account.':
    'Si no ha sido usted, otra persona tiene acceso a su cuenta. Póngase en contacto con {} cuanto antes, porque usted ya no recibe los correos sobre la cuenta.',
  '{} - We logged out one of your devices':
    '{} - Hemos cerrado la sesión de uno de sus dispositivos',
  'We logged out one of your devices': 'Hemos cerrado la sesión de uno de sus dispositivos',
  'We noticed that a login to {} from one of your devices was used from two places. As a precaution, we have logged it out.':
    'Hemos observado que una sesión de uno de sus dispositivos en {} se ha usado desde dos lugares. Por precaución, la hemos cerrado.',
  'To continue on that device, log in again.':
    'Para continuar en ese dispositivo, inicie sesión de nuevo.',
  'If you receive this email more than once, choose a new password. To do so, request a password reset on the login page. The new password also logs out all devices.':
    'Si recibe este correo más de una vez, elija una contraseña nueva. Para ello, solicite restablecerla en la página de inicio de sesión. La contraseña nueva también cierra la sesión en todos los dispositivos.',
  '{} - A login from a new device': '{} - Inicio de sesión desde un dispositivo nuevo',
  'A login from a new device': 'Inicio de sesión desde un dispositivo nuevo',
  'We noticed a login to your account on {} from a device that we have not seen before.':
    'Hemos observado un inicio de sesión en su cuenta en {} desde un dispositivo que no habíamos visto antes.',
  'Log in': 'Iniciar sesión',
  Time: 'Fecha',
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
