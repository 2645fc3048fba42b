// What our pages say in Spanish.

export const pages = {
  'Activate your account': 'Active su cuenta',
  'One step is left: confirm that this account is yours, and you can log in.':
    'Falta un paso: confirme que esta cuenta es suya y podrá iniciar sesión.',
  'Did somebody else sign up with your address? Then choose a new password here. Leave both fields empty to keep the password from sign-up.':
    '¿Otra persona se registró con su dirección? Entonces elija aquí una contraseña nueva. Deje los dos campos vacíos para conservar la del registro.',
  'New password (optional)': 'Contraseña nueva (opcional)',
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
  'One step is left: confirm that this address is yours. From then on mail about your account goes there.':
    'Falta un paso: confirme que esta dirección es suya. Desde entonces recibirá en ella los correos sobre su cuenta.',
  'Your username stays as it is.': 'Su nombre de usuario sigue siendo el mismo.',
  'Confirm address': 'Confirmar la dirección',
  'This address is taken': 'Esta dirección está ocupada',
  'Another account has it by now.': 'Entretanto la tiene otra cuenta.',
  'This link does not work': 'Este enlace no funciona',
  'Part of it is missing. Copy the whole link from the mail.':
    'Falta una parte. Copie el enlace entero del correo.',
  'It is too old.': 'Es demasiado antiguo.',
  'It was used already, or something newer took its place.':
    'Ya se usó, o algo más reciente lo ha sustituido.',
  'Type your email address, and we send you a new link.':
    'Escriba su dirección de correo y le enviaremos un enlace nuevo.',
  'Email address': 'Dirección de correo',
  'Ask for a new link': 'Pida un enlace nuevo',
  'Send me a new link': 'Enviarme un enlace nuevo',
  'Where you log in, ask for a new one.': 'Pida otro donde inicia sesión.',
  'Where you log in, say that you forgot your password: you get a new one by mail.':
    'Donde inicia sesión, indique que olvidó su contraseña: recibirá otro por correo.',
  'Ask for the change again where you asked for it.': 'Pida el cambio de nuevo donde lo pidió.',
  'If an account with this address waits to be activated, a new link is on its way. Open the newest mail.':
    'Si hay una cuenta con esta dirección sin activar, un enlace nuevo va en camino. Abra el correo más reciente.',
  'If there is an account with this address, a new link is on its way. Open the newest mail.':
    'Si hay una cuenta con esta dirección, un enlace nuevo va en camino. Abra el correo más reciente.',
  'Continue to {}': 'Continuar a {}',
  'Too much at once': 'Demasiado a la vez',
  'Try again in a minute.': 'Vuelva a intentarlo dentro de un minuto.',
  'Try again in {} minutes.': 'Vuelva a intentarlo dentro de {} minutos.',
}
