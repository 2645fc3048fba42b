// The sentences of our pages in Spanish. They address the reader as usted. Emails use some of them too.

export const pages = {
  'Activate your account': 'Active su cuenta',
  'One step is left: confirm that this account is yours. Then you can log in.':
    'Falta un paso: confirme que esta cuenta es suya. Después podrá iniciar sesión.',
  'Did another person sign up with your address? Then choose a new password here. To keep the password from sign-up, leave both fields empty.':
    '¿Otra persona se registró con su dirección? Entonces elija aquí una contraseña nueva. Para conservar la del registro, deje los dos campos vacíos.',
  'New password (optional)': 'Contraseña nueva (opcional)',
  'Activate account': 'Activar la cuenta',
  'Your account is active': 'Su cuenta está activa',
  'You can log in now.': 'Ya puede iniciar sesión.',
  'Choose a new password': 'Elija una contraseña nueva',
  'The new password replaces the old one and logs out all devices.':
    'La contraseña nueva sustituye a la anterior y cierra la sesión en todos los dispositivos.',
  'New password': 'Contraseña nueva',
  'Repeat the new password': 'Repita la contraseña nueva',
  'Change password': 'Cambiar la contraseña',
  'Your password was changed': 'Su contraseña ha cambiado',
  'From now on, log in with the new password.':
    'A partir de ahora, inicie sesión con la contraseña nueva.',
  'From now on, log in with the new address.':
    'A partir de ahora, inicie sesión con la dirección nueva.',
  'From now on, log in with the new username.':
    'A partir de ahora, inicie sesión con el nombre de usuario nuevo.',
  'Choose a new email address': 'Elija una dirección de correo nueva',
  'Choose a new username': 'Elija un nombre de usuario nuevo',
  'The new address replaces the old one. From then on, you log in with it.':
    'La dirección nueva sustituye a la anterior. Desde entonces, iniciará sesión con ella.',
  'The new username replaces the old one. From then on, you log in with it.':
    'El nombre de usuario nuevo sustituye al anterior. Desde entonces, iniciará sesión con él.',
  'New email address': 'Dirección de correo nueva',
  'New username': 'Nombre de usuario nuevo',
  'Change email address': 'Cambiar la dirección',
  'Change username': 'Cambiar el nombre de usuario',
  'Your email address was changed': 'Su dirección de correo ha cambiado',
  'Your username was changed': 'Su nombre de usuario ha cambiado',
  'Check your email': 'Revise su correo',
  'To complete the change, follow the link that we sent to your new address.':
    'Para completar el cambio, siga el enlace que hemos enviado a su dirección nueva.',
  'Confirm your new address': 'Confirme su dirección nueva',
  'One step is left: confirm that this address is yours. From then on, you log in with it.':
    'Falta un paso: confirme que esta dirección es suya. Desde entonces, iniciará sesión con ella.',
  'One step is left: confirm that this address is yours. From then on, it receives the emails about your account.':
    'Falta un paso: confirme que esta dirección es suya. Desde entonces, recibirá en ella los correos sobre su cuenta.',
  'Your username stays as it is.': 'Su nombre de usuario sigue siendo el mismo.',
  'Confirm address': 'Confirmar la dirección',
  'This address is taken': 'Esta dirección ya está en uso',
  'Another account uses it now.': 'Ahora la usa otra cuenta.',
  'This link does not work': 'Este enlace no funciona',
  'Part of it is missing. Copy the whole link from the email.':
    'Falta una parte. Copie el enlace entero del correo.',
  'It has expired.': 'Ha caducado.',
  'It was already used, or the account has changed since we sent it.':
    'Ya se usó, o la cuenta ha cambiado desde que lo enviamos.',
  'Enter your email address, and we will send you a new link.':
    'Escriba su dirección de correo y le enviaremos un enlace nuevo.',
  'Email address': 'Dirección de correo',
  'Request a new link': 'Solicite un enlace nuevo',
  'Send me a new link': 'Enviarme un enlace nuevo',
  'On the login page, request a new link.':
    'En la página de inicio de sesión, solicite un enlace nuevo.',
  'On the login page, request a password reset. We will email you a new link.':
    'En la página de inicio de sesión, solicite restablecer su contraseña. Le enviaremos un enlace nuevo.',
  'Please request the change again.': 'Por favor, solicite el cambio de nuevo.',
  'If an account with this address still needs to be activated, you will receive a new link soon. Open the newest email.':
    'Si hay una cuenta sin activar con esta dirección, pronto recibirá un enlace nuevo. Abra el correo más reciente.',
  'If there is an account with this address, you will receive a new link soon. Open the newest email.':
    'Si hay una cuenta con esta dirección, pronto recibirá un enlace nuevo. Abra el correo más reciente.',
  'Continue to {}': 'Ir a {}',
  'Please wait': 'Espere, por favor',
  'Try again in a minute.': 'Vuelva a intentarlo dentro de un minuto.',
  'Try again in {} minutes.': 'Vuelva a intentarlo dentro de {} minutos.',
}
